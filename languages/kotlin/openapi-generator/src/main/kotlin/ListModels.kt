import com.example.models.apis.ModelsApi
import com.example.models.infrastructure.ApiClient
import com.example.models.infrastructure.ClientError
import com.example.models.infrastructure.ClientException
import com.example.models.infrastructure.Serializer
import com.example.models.models.BetaModelInfo
import com.example.models.models.ErrorResponse
import com.example.models.models.KnownAnthropicBeta
import kotlin.system.exitProcess

val api = ModelsApi(System.getenv("ANTHROPIC_BASE_URL") ?: ModelsApi.defaultBasePath)
val betas = listOf(KnownAnthropicBeta.CONTEXT_1M_2025_08_07.value, "not-yet-known-2027-01-01")

/** All models; each page is fetched when it is needed. */
fun models(): Sequence<BetaModelInfo> = sequence {
    var afterId: String? = null
    do {
        val page = api.listModels("2023-06-01", afterId, limit = 10, anthropicBeta = betas.joinToString(","))
        yieldAll(page.data)
        afterId = page.lastId // null when there are no models
    } while (page.hasMore)
}

fun main() {
    ApiClient.apiKey["X-Api-Key"] = System.getenv("ANTHROPIC_API_KEY").orEmpty()
    try {
        models().forEach { println(it.id) }
    } catch (failure: ClientException) {
        val body = (failure.response as ClientError<*>).body as String
        val (_, error, requestId) = Serializer.moshi.adapter(ErrorResponse::class.java).fromJson(body)!!
        System.err.println("${error.type}: ${error.message} ($requestId)")
        exitProcess(1)
    }
}
