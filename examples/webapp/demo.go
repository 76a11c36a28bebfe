package main

import (
	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// demo is a CRM in memory with some users, one of them in another data center, and leads of each.
func demo() *zohohubtest.Server {
	crm := zohohubtest.Start()
	crm.AddDataCenter("jp")
	eva := crm.AddUser(zohohubtest.User{FirstName: "Eva", LastName: "Melo", Email: "eva.melo@example.com"})
	yuki := crm.AddUser(zohohubtest.User{FirstName: "Yuki", LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	lead := func(first, last, company, city, status string) zohohub.Fields {
		return zohohub.Fields{"First_Name": first, "Last_Name": last, "Company": company, "City": city, "Lead_Status": status}
	}
	for _, of := range []struct {
		owner string // empty: the administrator
		leads []zohohub.Fields
	}{
		{"", []zohohub.Fields{
			lead("Rui", "Fonseca", "Fonseca & Filhos", "Lisboa", "Contacted"),
			lead("Inês", "Teixeira", "Azulejos do Norte", "Porto", "Not Contacted"),
		}},
		{eva, []zohohub.Fields{
			lead("Marta", "Pires", "Pires Pianos", "Coimbra", "Contact in Future"),
			lead("Tomás", "Lobo", "Lobo Logistics", "Faro", "Contacted"),
		}},
		{yuki, []zohohub.Fields{
			lead("Haruka", "Ito", "Ito Ceramics", "Kyoto", "Not Contacted"),
			lead("", "李", "李茶莊", "Taipei", "Contacted"),
		}},
	} {
		for _, l := range of.leads {
			if of.owner != "" {
				l["Owner"] = zohohub.Lookup{ID: of.owner}
			}
			crm.Seed("Leads", l)
		}
	}
	return crm
}
