//! Lists every model, page by page.

#[allow(dead_code, unused_imports)]
mod apis;
#[allow(dead_code, unused_imports)]
mod models;

use apis::configuration::{ApiKey, Configuration};
use apis::{Error::ResponseError, models_api::{ListModelsParams, list_models}};
use models::{ErrorResponse, KnownAnthropicBeta};
use std::{env, error::Error, process::exit};

fn print_models(api: &Configuration) -> Result<(), Box<dyn Error>> {
    let version = "2023-06-01".to_string();
    let known = KnownAnthropicBeta::Context1m20250807.to_string();
    let betas = [known.as_str(), "not-yet-known-2027-01-01"].join(",");
    let mut after_id: Option<String> = None;
    loop {
        let parameters = ListModelsParams {
            anthropic_version: version.clone(),
            after_id: after_id.clone(),
            limit: Some(10),
            anthropic_beta: Some(betas.clone()),
            ..Default::default()
        };
        let page = match list_models(api, parameters) {
            Err(ResponseError(response)) => {
                let failure: ErrorResponse = serde_json::from_str(&response.content)?;
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
    if let Err(error) = print_models(&api) {
        eprintln!("{error}");
        exit(1);
    }
    Ok(())
}
