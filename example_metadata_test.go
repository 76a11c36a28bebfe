package zohohub_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/zohohub/zohohub"
)

func ExampleConnection_Fields() {
	crm, conn := connect()
	defer crm.Close()

	fields, err := conn.Fields(context.Background(), "Leads")
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range fields {
		switch {
		case f.Mandatory:
			fmt.Println(f.Label, "has to be there, in", f.Length, "characters")
		case f.APIName == "Rating":
			fmt.Println(f.Label, "is one of", len(f.PickListValues), "values")
		case f.Lookup.Module == "Campaigns":
			fmt.Println(f.Label, "leads to", f.Lookup.Module)
		}
	}
	// Output:
	// Last Name has to be there, in 80 characters
	// Rating is one of 6 values
}

func ExampleConnection_Layouts() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()

	layouts, err := conn.Layouts(ctx, "Deals")
	if err != nil {
		log.Fatal(err)
	}
	stage, _ := layouts[0].Field("Stage")
	fmt.Println(layouts[0].Name, "asks for", stage.Label+":", stage.Required)
	pipelines, err := conn.Pipelines(ctx, layouts[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range pipelines[0].Stages[:2] {
		fmt.Println(s.Place, s.ActualValue, s.ForecastType)
	}
	// Output:
	// Standard asks for Stage: true
	// 1 Qualification Open
	// 2 Needs Analysis Open
}

func ExampleConnection_CurrentUser() {
	crm, conn := connect()
	defer crm.Close()

	me, err := conn.CurrentUser(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.FullName, me.Email)
	fmt.Println(me.Role.Name, me.Profile.Name, me.Status)
	fmt.Println(me.Locale, me.TimeZone, me.DateFormat)
	fmt.Println(me.Theme.NormalTab.Font, me.Theme.NormalTab.Background, me.Theme.Type)
	// Output:
	// Ana Silva ana.silva@example.com
	// CEO Administrator active
	// en_GB Africa/Lagos MMM d, yyyy
	// #FFFFFF #222222 default
}

func ExampleConnection_Users() {
	crm, conn := connect()
	defer crm.Close()

	for u, err := range conn.Users(context.Background(), zohohub.ActiveUsers) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(u.FullName, u.Role.Name)
	}
	// Output:
	// Ana Silva CEO
	// Bruno Costa Manager
}

func ExampleVariables() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()

	vars := conn.Variables()
	made, err := vars.Create(ctx, zohohub.Variable{
		APIName: "vat", Name: "VAT", Type: "percent", Value: "23", Group: zohohub.VariableGroup{Name: "General"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := vars.Update(ctx, made[0].ID, zohohub.Fields{"value": "6"}); err != nil {
		log.Fatal(err)
	}
	vat, err := vars.Find(ctx, "vat")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(vat.Name, vat.Value)
	// Output: VAT 6
}

// A program that starts often need not ask for what seldom changes: the folder is read.
func ExampleConnection_SaveMetadata() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "zohohub-*")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := conn.SaveMetadata(ctx, dir, "Leads", "Contacts"); err != nil {
		log.Println(err)
		return
	}

	cfg := crm.Config()
	cfg.MetadataDir = dir
	conn, err = zohohub.NewConnection(cfg, crm.Token())
	if err != nil {
		log.Println(err)
		return
	}
	crm.ResetRequests()
	fields, err := conn.Fields(ctx, "Leads")
	fmt.Println(fields[0].DataType, err, len(crm.Requests()))
	// Output: text <nil> 0
}
