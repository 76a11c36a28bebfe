package zohohub_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleConnection_CallFunction() {
	crm, conn := connect()
	defer crm.Close()
	crm.AddFunction("lead_score", func(args map[string]any) (any, error) {
		return map[string]any{"score": 7, "of": args["city"]}, nil
	})

	res, err := conn.CallFunction(context.Background(), "lead_score", zohohub.Fields{"city": "Lisboa"}, zohohub.MayRepeat())
	if err != nil {
		log.Fatal(err)
	}
	var out struct {
		Score int    `json:"score"`
		Of    string `json:"of"`
	}
	fmt.Println(res.Decode(&out), out.Of, out.Score)
	// Output: <nil> Lisboa 7
}
