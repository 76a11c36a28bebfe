package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_Lock() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	contacts := zohohub.NewRecord[Contact](conn)
	if _, err := contacts.Lock(ctx, id, "contract is being signed"); err != nil {
		log.Fatal(err)
	}
	err := contacts.Update(ctx, id, zohohub.Fields{"Phone": "123"})
	fmt.Println(errors.Is(err, zohohub.ErrRecordLocked))
	locks, err := contacts.Locks(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(locks[0].LockedBy.Name, "-", locks[0].Reason)
	fmt.Println(contacts.Unlock(ctx, id))
	// Output:
	// true
	// Ana Silva - contract is being signed
	// <nil>
}
