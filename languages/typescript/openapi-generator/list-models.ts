import { Configuration, ErrorResponseFromJSON, KnownAnthropicBeta, ModelsApi, ResponseError } from "./models/index.js";

const api = new ModelsApi(
  new Configuration({
    basePath: process.env.ANTHROPIC_BASE_URL ?? "https://api.anthropic.com",
    apiKey: process.env.ANTHROPIC_API_KEY ?? "",
  }),
);
const anthropicBeta = [KnownAnthropicBeta.Context1m20250807, "not-yet-known-2027-01-01"].join(",");

async function* listModels() {
  let afterId: string | undefined;
  for (let more = true; more; ) {
    const page = await api.listModels({ anthropicVersion: "2023-06-01", limit: 10, afterId, anthropicBeta });
    yield* page.data;
    afterId = page.lastId ?? undefined; // null when there are no models
    more = page.hasMore;
  }
}

try {
  for await (const model of listModels()) {
    console.log(model.id);
  }
} catch (failure) {
  if (!(failure instanceof ResponseError)) throw failure;
  const { error, requestId } = ErrorResponseFromJSON(await failure.response.json());
  console.error(`${error.type}: ${error.message} (${requestId})`);
  process.exitCode = 1;
}
