/// A beta feature: any string, or one of `KnownAnthropicBeta`.
pub type AnthropicBeta = String;
