// Lists every model, page by page.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"example.com/list-models/models"
)

func listModels(ctx context.Context, key string) error {
	client, err := models.NewClientWithResponses(
		cmp.Or(os.Getenv("ANTHROPIC_BASE_URL"), "https://api.anthropic.com"),
		models.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
			request.Header.Set("X-Api-Key", key)
			return nil
		}))
	if err != nil {
		return err
	}
	limit := 10
	betas := []models.AnthropicBeta{string(models.KnownAnthropicBetaContext1m20250807), "not-yet-known-2027-01-01"}
	params := models.ListModelsParams{AnthropicVersion: "2023-06-01", AnthropicBeta: &betas, Limit: &limit}
	for more := true; more; {
		response, err := client.ListModelsWithResponse(ctx, &params)
		if err != nil {
			return err
		}
		if response.JSON200 == nil {
			return failure(response)
		}
		for _, model := range response.JSON200.Data {
			fmt.Println(model.Id)
		}
		params.AfterId = response.JSON200.LastId // nil when there are no models
		more = response.JSON200.HasMore
	}
	return nil
}

func failure(response *models.ListModelsResponse) error {
	var envelope models.ErrorResponse
	if err := json.Unmarshal(response.Body, &envelope); err != nil {
		return fmt.Errorf("%s: %w", response.Status(), err)
	}
	id := response.HTTPResponse.Header.Get("request-id")
	return fmt.Errorf("%s: %s (%s)", envelope.Error.Type, envelope.Error.Message, id)
}

func main() {
	if err := listModels(context.Background(), os.Getenv("ANTHROPIC_API_KEY")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
