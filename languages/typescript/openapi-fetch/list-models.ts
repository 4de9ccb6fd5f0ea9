import createClient from "openapi-fetch";
import type { components, paths } from "./models.js";

const baseUrl = process.env.ANTHROPIC_BASE_URL ?? "https://api.anthropic.com";
const known: components["schemas"]["KnownAnthropicBeta"] = "context-1m-2025-08-07";
const betas: components["schemas"]["AnthropicBeta"][] = [known, "not-yet-known-2027-01-01"];
const header = { "anthropic-version": "2023-06-01", "anthropic-beta": betas.join(",") };

async function* listModels(apiKey: string) {
  const client = createClient<paths>({ baseUrl, headers: { "X-Api-Key": apiKey } });
  let after_id: string | undefined;
  for (let more = true; more; ) {
    const query = { limit: 10, after_id };
    const { data, error } = await client.GET("/v1/models", { params: { query, header } });
    if (error) throw new Error(`${error.error.type}: ${error.error.message} (${error.request_id})`);
    yield* data.data;
    after_id = data.last_id ?? undefined; // null when there are no models
    more = data.has_more;
  }
}

try {
  for await (const model of listModels(process.env.ANTHROPIC_API_KEY ?? "")) {
    console.log(model.id);
  }
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
