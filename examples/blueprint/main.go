// Command blueprint shows the process that a lead is in: it prints the transitions that lead on from its state and what each
// needs, carries one out, and shows what became of it.
//
//	go run ./examples/blueprint [lead's id [transition [field=value …]]]
//
// Without a lead it takes the first that is in a process, out of fifty, and without a transition it carries out none. Without credentials
// it works on an in-memory Zoho CRM, on a lead and a process of its own, and carries out "Contact". With ZOHO_CLIENT_ID,
// ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN in the environment or in ./.env (see .env.example) it works on the real one.
package main

import (
	"context"
	"io"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/example"
	"github.com/zohohub/zohohub/zohohubtest"
)

func main() { example.Main("blueprint", run) }

func run(ctx context.Context, out io.Writer, args []string) error {
	crm, err := example.Open(out)
	if err != nil {
		return err
	}
	defer crm.Close()
	if crm.Fake != nil {
		lead := set(crm.Fake)
		if len(args) == 0 {
			args = []string{lead, "Contact", "Phone=+351 910 000 000", "Notes=Rang twice"}
		}
	}
	conn, err := zohohub.NewConnection(crm.Config, crm.Token)
	if err != nil {
		return err
	}
	t := &tour{leads: zohohub.NewRecord[Lead](conn), out: out}
	return t.run(ctx, args)
}

// set gives the CRM in memory a process and a lead in it.
func set(crm *zohohubtest.Server) (id string) {
	crm.AddBlueprint("Leads", zohohubtest.Blueprint{Name: "Lead follow-up", Field: "Lead_Status", Transitions: []zohohubtest.Transition{{
		Name: "Contact", From: "-None-", To: "Contacted",
		Fields: []zohohubtest.TransitionField{{Field: "Phone", Mandatory: true}, {Field: "Lead_Source"}, {Field: "Notes", Mandatory: true}},
	}, {
		Name: "Drop", From: "-None-", To: "Junk Lead",
	}, {
		Name: "Qualify", From: "Contacted", To: "Pre-Qualified", Message: "Only what has a budget",
		Criteria: &zohohubtest.Condition{Field: "Annual_Revenue", Comparator: "greater_than", Value: 0},
	}, {
		Name: "Lose", From: "Contacted", To: "Lost Lead",
	}}})
	return crm.Seed("Leads", zohohub.Fields{"First_Name": "Ada", "Last_Name": "Martins", "Company": "Moinhos do Sul"})[0]
}
