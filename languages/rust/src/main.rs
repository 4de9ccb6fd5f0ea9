//! Lists every model, page by page, and shows what a failure looks like.

#[allow(dead_code, unused_imports)]
mod apis;
#[allow(dead_code, unused_imports)]
mod models;

use apis::configuration::{ApiKey, Configuration};
use apis::{Error::ResponseError, models_api::list_models};
use models::{ErrorResponse, KnownAnthropicBeta};
use std::{env, error::Error};

fn print_models(api: &Configuration) -> Result<(), Box<dyn Error>> {
    let version = "2023-06-01";
    let known = KnownAnthropicBeta::Context1m20250807.to_string();
    let betas = vec![known, "not-yet-known-2027-01-01".to_string()];
    let mut after_id: Option<String> = None;
    loop {
        let (after, betas) = (after_id.as_deref(), Some(betas.clone()));
        let page = match list_models(api, version, after, None, Some(10), betas) {
            Err(ResponseError(answer)) => {
                let failure: ErrorResponse = serde_json::from_str(&answer.content)?;
                let (error, id) = (failure.error, failure.request_id.flatten());
                let id = id.unwrap_or_default();
                return Err(format!("{}: {} ({id})", error.r#type, error.message).into());
            }
            other => other?,
        };
        for model in page.data {
            println!("{}", model.id);
        }
        after_id = page.last_id; // None when there are no models
        if !page.has_more {
            return Ok(());
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut api = Configuration::new();
    if let Ok(address) = env::var("ANTHROPIC_BASE_URL") {
        api.base_path = address;
    }
    let key = env::var("ANTHROPIC_API_KEY")?;
    api.api_key = Some(ApiKey { prefix: None, key });
    print_models(&api)?;

    // What a failure looks like: a request without a key.
    api.api_key = None;
    if let Err(error) = print_models(&api) {
        eprintln!("{error}");
    }
    Ok(())
}
