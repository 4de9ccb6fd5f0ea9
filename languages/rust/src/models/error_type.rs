/// A kind of error: any string, or one of `KnownErrorType`.
pub type ErrorType = String;
