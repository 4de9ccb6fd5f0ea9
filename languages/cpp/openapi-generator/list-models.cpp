// Lists every model, page by page.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <type_traits>

#include <models/ApiClient.h>
#include <models/ApiConfiguration.h>
#include <models/ApiException.h>
#include <models/api/ModelsApi.h>
#include <models/model/ErrorResponse.h>

using namespace org::openapitools::client;

static std::string environment(const char *name, const char *otherwise) {
    const char *value = std::getenv(name);
    return value ? value : otherwise;
}

// The method gains an argument whenever the operation gains a parameter; those not given are left out.
template <typename... Given> static auto listModels(const api::ModelsApi &models, const Given &...given) {
    if constexpr (std::is_invocable_v<decltype(&api::ModelsApi::listModels), api::ModelsApi, Given...>) {
        return models.listModels(given...);
    } else {
        return listModels(models, given..., boost::none);
    }
}

int main() {
    auto configuration = std::make_shared<api::ApiConfiguration>();
    configuration->setBaseUrl(environment("ANTHROPIC_BASE_URL", "https://api.anthropic.com"));
    configuration->setApiKey("ApiKey", environment("ANTHROPIC_API_KEY", ""));
    api::ModelsApi models(std::make_shared<api::ApiClient>(configuration));
    const std::string betas = "context-1m-2025-08-07,not-yet-known-2027-01-01";
    boost::optional<std::string> after;
    try {
        for (bool more = true; more;) {
            auto page = listModels(models, "2023-06-01", after, boost::none, 10, betas).get();
            for (const auto &model : page->getData()) {
                std::cout << model->getId() << "\n";
            }
            more = page->isHasMore();
            if (more) {
                after = page->getLastId(); // throws when it is null: there are no models
            }
        }
    } catch (const api::ApiException &failure) {
        model::ErrorResponse response;
        response.fromJson(web::json::value::parse(*failure.getContent()));
        auto error = response.getError();
        std::cerr << error->getType() << ": " << error->getMessage() << " (" << response.getRequestId() << ")\n";
        return 1;
    }
}
