module example.com/list-models

go 1.23
