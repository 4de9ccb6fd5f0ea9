import com.example.models.ApiClient;
import com.example.models.ApiException;
import com.example.models.api.ModelsApi;
import com.example.models.api.ModelsApi.APIListModelsRequest;
import com.example.models.model.BetaModelList;
import com.example.models.model.ErrorResponse;
import com.example.models.model.KnownAnthropicBeta;
import java.util.Map;

/** Lists every model, page by page. */
public class ListModels {
    static final Map<String, String> ENVIRONMENT = System.getenv();

    static void printModels(String apiKey) throws ApiException {
        var client = new ApiClient();
        client.updateBaseUri(ENVIRONMENT.getOrDefault("ANTHROPIC_BASE_URL", "https://api.anthropic.com"));
        client.setRequestInterceptor(request -> request.header("X-Api-Key", apiKey));
        var api = new ModelsApi(client);
        var known = KnownAnthropicBeta.CONTEXT_1M_2025_08_07.getValue();
        var betas = String.join(",", known, "not-yet-known-2027-01-01");
        String afterId = null;
        BetaModelList page;
        do {
            page = api.listModels(APIListModelsRequest.newBuilder()
                .anthropicVersion("2023-06-01")
                .afterId(afterId)
                .limit(10)
                .anthropicBeta(betas)
                .build());
            page.getData().forEach(model -> System.out.println(model.getId()));
            afterId = page.getLastId(); // null when there are no models
        } while (page.getHasMore());
    }

    public static void main(String[] arguments) throws Exception {
        try {
            printModels(ENVIRONMENT.getOrDefault("ANTHROPIC_API_KEY", ""));
        } catch (ApiException failure) {
            var json = ApiClient.createDefaultObjectMapper();
            var response = json.readValue(failure.getResponseBody(), ErrorResponse.class);
            var error = response.getError();
            System.err.printf("%s: %s (%s)%n", error.getType(), error.getMessage(), response.getRequestId());
            System.exit(1);
        }
    }
}
