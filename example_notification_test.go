package zohohub_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/zohohub/zohohub"
)

func ExampleNotificationHandler() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	contacts := zohohub.NewRecord[Contact](conn)

	server := httptest.NewServer(zohohub.NotificationHandler("fake-channel-token", func(ctx context.Context, n zohohub.Notification) error {
		for c, err := range contacts.Hydrate(ctx, n) {
			if err != nil {
				return err
			}
			fmt.Println(n.Operation, c.LastName, c.Phone, n.AffectedFields[c.ID])
		}
		return nil
	}))
	defer server.Close()
	_, err := conn.Notifications().Enable(ctx, zohohub.Channel{
		ID: 7, NotifyURL: server.URL, Token: "fake-channel-token", Events: []string{"Contacts.create", "Contacts.edit"},
	})
	if err != nil {
		log.Fatal(err)
	}

	jo := &Contact{LastName: "Doe"}
	if err := contacts.Create(ctx, jo); err != nil {
		log.Fatal(err)
	}
	if err := crm.WaitForCallbacks(ctx); err != nil {
		log.Fatal(err)
	}
	jo.Phone = "+351 910 000 000"
	if err := contacts.Save(ctx, jo); err != nil {
		log.Fatal(err)
	}
	if err := crm.WaitForCallbacks(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// insert Doe  []
	// update Doe +351 910 000 000 [Phone]
}

// Keep runs as long as the service does.
func ExampleNotifications_Keep() {
	crm, conn := connect()
	defer crm.Close()
	ctx, stop := context.WithCancel(context.Background())

	err := conn.Notifications().Keep(ctx, zohohub.Channel{
		ID: 7, NotifyURL: "https://hook.example/zoho", Token: "fake-channel-token", Events: []string{"Leads.all"},
	}, zohohub.OnKept(func(c *zohohub.Channel) {
		fmt.Println("kept for", time.Until(c.Expiry).Round(time.Hour))
		stop() // a service goes on, and renews it
	}), zohohub.OnKeepError(func(err error) {
		log.Print(err)
	}))
	fmt.Println(err)
	// Output:
	// kept for 167h0m0s
	// zohohub: keep channel: context canceled
}

func ExampleNotifications() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()

	notifications := conn.Notifications()
	_, err := notifications.Enable(ctx, zohohub.Channel{
		ID: 7, NotifyURL: "https://hook.example/zoho", Token: "fake-channel-token", Events: []string{"Leads.all", "Deals.edit"},
		Conditions: []zohohub.ChannelCondition{{Module: "Deals", Fields: zohohub.AnyChanged("Stage", "Amount")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := notifications.Renew(ctx, zohohub.Channel{ID: 7, Expiry: time.Now().Add(24 * time.Hour)}); err != nil {
		log.Fatal(err)
	}
	if err := notifications.DisableEvents(ctx, 7, "Leads.all"); err != nil {
		log.Fatal(err)
	}
	for c, err := range notifications.All(ctx) {
		fmt.Println(c.ID, c.Events, time.Until(c.Expiry).Round(time.Hour), err)
	}
	fmt.Println(notifications.Disable(ctx, 7), notifications.Disable(ctx, 7))
	// Output:
	// 7 [Deals.edit] 24h0m0s <nil>
	// <nil> zohohub: disable channel: NOT_SUBSCRIBED: The given channel is not subscribed for actions-watch (HTTP 400)
}
