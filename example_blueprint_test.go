package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// connectWithProcess is a CRM whose contacts go through a process, with one of them in it.
func connectWithProcess() (crm *zohohubtest.Server, conn *zohohub.Connection, id string) {
	crm, conn = connect()
	crm.AddBlueprint("Contacts", zohohubtest.Blueprint{Name: "Welcome", Field: "Lead_Source", Transitions: []zohohubtest.Transition{{
		Name: "Meet", From: "-None-", To: "Trade Show",
		Fields: []zohohubtest.TransitionField{{Field: "Phone", Mandatory: true}, {Field: "Notes"}},
	}, {
		Name: "Hand over", From: "Trade Show", To: "Partner",
	}}})
	return crm, conn, crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
}

func ExampleRecord_Blueprint() {
	crm, conn, id := connectWithProcess()
	defer crm.Close()
	ctx := context.Background()

	contacts := zohohub.NewRecord[Contact](conn)
	process, err := contacts.Blueprint(id).Process(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(process.Name, "is at", process.State)
	for _, t := range process.Transitions {
		fmt.Println(t.Name, "leads to", t.NextState, "and needs", t.Missing(nil))
	}
	// While it lasts the state changes by transitions alone.
	err = contacts.Update(ctx, id, zohohub.Fields{"Lead_Source": "Partner"})
	fmt.Println(errors.Is(err, zohohub.ErrRecordInBlueprint))
	// Output:
	// Welcome is at -None-
	// Meet leads to Trade Show and needs [Phone]
	// true
}

func ExampleBlueprint_TransitionByName() {
	crm, conn, id := connectWithProcess()
	defer crm.Close()
	ctx := context.Background()

	blueprint := zohohub.NewRecord[Contact](conn).Blueprint(id)
	err := blueprint.TransitionByName(ctx, "Meet", nil)
	fmt.Println(errors.Is(err, zohohub.ErrMandatoryNotFound), err)

	err = blueprint.TransitionByName(ctx, "Meet", zohohub.Fields{"Phone": "+351 910 000 000", "Notes": "At the fair"})
	fmt.Println(err)

	err = blueprint.TransitionByName(ctx, "Meet", nil)
	fmt.Println(errors.Is(err, zohohub.ErrNoSuchTransition), err)
	// Output:
	// true zohohub: carry out transition of Contacts: MANDATORY_NOT_FOUND (field Phone): not sent: the transition "Meet" needs Phone
	// <nil>
	// true zohohub: carry out transition of Contacts: no transition "Meet" leads on from "Trade Show": there is "Hand over"
}
