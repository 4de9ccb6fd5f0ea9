// Lists every model, page by page.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"example.com/list-models/models"
)

func listModels(ctx context.Context) error {
	configuration := models.NewConfiguration()
	if address := os.Getenv("ANTHROPIC_BASE_URL"); address != "" {
		configuration.Servers = models.ServerConfigurations{{URL: address}}
	}
	client := models.NewAPIClient(configuration)
	betas := string(models.CONTEXT_1M_2025_08_07) + ",not-yet-known-2027-01-01"
	request := client.ModelsAPI.ListModels(ctx).AnthropicVersion("2023-06-01").AnthropicBeta(betas).Limit(10)
	for {
		page, _, err := request.Execute()
		if err != nil {
			return failure(err)
		}
		for _, model := range page.Data {
			fmt.Println(model.Id)
		}
		if !page.HasMore {
			return nil
		}
		request = request.AfterId(page.GetLastId())
	}
}

func failure(err error) error {
	var response *models.GenericOpenAPIError
	var envelope models.ErrorResponse
	if !errors.As(err, &response) || json.Unmarshal(response.Body(), &envelope) != nil {
		return err
	}
	detail := envelope.Error
	return fmt.Errorf("%s: %s (%s)", detail.Type, detail.Message, envelope.GetRequestId())
}

func main() {
	keys := map[string]models.APIKey{"ApiKey": {Key: os.Getenv("ANTHROPIC_API_KEY")}}
	ctx := context.WithValue(context.Background(), models.ContextAPIKeys, keys)
	if err := listModels(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
