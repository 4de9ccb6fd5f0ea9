# Lists every model, page by page.
require 'json'
require 'models'
require 'uri'

Models.configure do |config|
  address = URI(ENV.fetch('ANTHROPIC_BASE_URL', 'https://api.anthropic.com'))
  config.scheme = address.scheme
  config.host = "#{address.host}:#{address.port}"
  config.server_index = nil # so that scheme and host count
  config.api_key['X-Api-Key'] = ENV.fetch('ANTHROPIC_API_KEY', '')
end

known = Models::KnownAnthropicBeta::CONTEXT_1M_2025_08_07
options = { limit: 10, anthropic_beta: [known, 'not-yet-known-2027-01-01'].join(',') }
begin
  loop do
    page = Models::ModelsApi.new.list_models('2023-06-01', options)
    page.data.each { |model| puts model.id }
    break unless page.has_more

    options[:after_id] = page.last_id
  end
rescue Models::ApiError => failure
  body = JSON.parse(failure.response_body, symbolize_names: true)
  response = Models::ErrorResponse.build_from_hash(body)
  abort "#{response.error.type}: #{response.error.message} (#{response.request_id})"
end
