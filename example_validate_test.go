package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_Validate() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()

	type Lead struct {
		ID, LastName, Email string
		Source              string `zoho:"Lead_Source"`
	}
	leads := zohohub.NewRecord[Lead](conn)
	err := leads.Validate(ctx, &Lead{Email: "jo at example", Source: "Fair"})
	var invalid *zohohub.ValidationError
	if !errors.As(err, &invalid) {
		log.Fatal(err)
	}
	for _, fault := range invalid.Faults {
		fmt.Printf("%-12s %.60s\n", fault.Field, fault.Message)
	}
	fmt.Println(errors.Is(err, zohohub.ErrRecordInvalid))
	// Output:
	// Last_Name    is mandatory
	// Email        is not an e-mail address
	// Lead_Source  has an invalid value "Fair". Accepted values: -None-, Advert
	// true
}

// An invalid record is not sent; the others of its batch are.
func ExampleValidated() {
	crm, conn := connect()
	defer crm.Close()

	type Lead struct{ ID, LastName, Email string }
	leads := zohohub.NewRecord[Lead](conn)
	results, err := leads.CreateAll(context.Background(), []*Lead{{LastName: "Doe", Email: "jo"}, {LastName: "Roe"}}, zohohub.Validated())
	fmt.Println(err)
	fmt.Println(results[1].Action, len(crm.Records("Leads")))
	// Output:
	// zohohub: create Leads: 1 of 2 failed; first, at 0: Email is not an e-mail address
	// insert 1
}
