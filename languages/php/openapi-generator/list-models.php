<?php
// Lists every model, page by page.

use Example\Models\{ApiException, Configuration, ObjectSerializer};
use Example\Models\Api\ModelsApi;
use Example\Models\Model\{ErrorResponse, KnownAnthropicBeta};

// Composer's `vendor/autoload.php` takes the place of these lines where Composer has put Guzzle.
require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = __DIR__ . '/models/lib/' . strtr(substr($class, strlen('Example\\Models\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'Example\\Models\\') && is_file($file)) {
        require $file;
    }
});

$configuration = (new Configuration())
    ->setHost(getenv('ANTHROPIC_BASE_URL') ?: 'https://api.anthropic.com')
    ->setApiKey('X-Api-Key', (string) getenv('ANTHROPIC_API_KEY'));
$api = new ModelsApi(config: $configuration);
$betas = KnownAnthropicBeta::CONTEXT_1M_2025_08_07 . ',not-yet-known-2027-01-01';
$after = null;
try {
    do {
        $page = $api->listModels('2023-06-01', $after, limit: 10, anthropic_beta: $betas);
        foreach ($page->getData() as $model) {
            echo $model->getId(), "\n";
        }
        $after = $page->getLastId(); // null when there are no models
    } while ($page->getHasMore());
} catch (ApiException $failure) {
    $response = ObjectSerializer::deserialize(json_decode($failure->getResponseBody()), ErrorResponse::class);
    $error = $response->getError();
    fprintf(STDERR, "%s: %s (%s)\n", $error->getType(), $error->getMessage(), $response->getRequestId());
    exit(1);
}
