// Drives Zoho's own Node SDK, unchanged, against a CRM: one program's worth of calls, told as JSON on stdout.
//
// It takes from the environment where the CRM is and who calls: CRM_URL, CRM_CLIENT_ID, CRM_CLIENT_SECRET and
// CRM_REFRESH_TOKEN; CRM_NOTIFY_URL receives callbacks, and CRM_FOLDER is one that files may be written to.

import fs from "node:fs";
import path from "node:path";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";

const env = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};
const folder = env("CRM_FOLDER");
const told = {};

// object is what a call answered with; a refusal is an error here.
async function object(call) {
  const response = await call;
  if (response == null) throw new Error("no answer");
  const status = response.getStatusCode();
  const answer = response.getObject();
  if (answer?.constructor?.name === "APIException") {
    throw new Error(`${status} ${answer.getCode().getValue()}: ${answer.getMessage().getValue()} ${JSON.stringify([...answer.getDetails()])}`);
  }
  return { status, answer };
}

// rows are the results of a write.
async function rows(call, list = (answer) => answer.getData()) {
  const { status, answer } = await object(call);
  return {
    status,
    rows: list(answer).map((row) => {
      const details = row.getDetails();
      const id = details?.get("id");
      return { code: row.getCode().getValue(), status: row.getStatus().getValue(), id: id == null ? null : String(id) };
    }),
  };
}

async function params(values) {
  const map = new sdk.ParameterMap();
  for (const [param, value] of values) await map.add(param, value);
  return map;
}

async function initialize() {
  const url = env("CRM_URL");
  const token = new sdk.OAuthBuilder()
    .clientId(env("CRM_CLIENT_ID"))
    .clientSecret(env("CRM_CLIENT_SECRET"))
    .refreshToken(env("CRM_REFRESH_TOKEN"))
    .build();
  await (await new sdk.InitializeBuilder())
    .environment(new sdk.Environment(url, `${url}/oauth/v2/token`, url))
    .token(token)
    .store(new sdk.FileStore(path.join(folder, "tokens.txt")))
    .SDKConfig(new sdk.SDKConfigBuilder().autoRefreshFields(false).pickListValidation(true).build())
    .resourcePath(folder)
    .logger(new sdk.LogBuilder().level(sdk.Levels.ERROR).filePath(path.join(folder, "sdk.log")).build())
    .initialize();
}

function lead(values) {
  const record = new sdk.Record.Record();
  for (const [name, value] of Object.entries(values)) {
    if (name === "id") record.setId(BigInt(value));
    else record.addKeyValue(name, value);
  }
  return record;
}

function leadsBody(...records) {
  const body = new sdk.Record.BodyWrapper();
  body.setData(records.map(lead));
  return body;
}

const shown = (record, ...names) => Object.fromEntries([["id", String(record.getId())], ...names.map((name) => [name, plain(record.getKeyValue(name))])]);

function plain(value) {
  if (value == null) return null;
  if (typeof value.getValue === "function") return plain(value.getValue());
  if (value instanceof Date) return value.toISOString();
  return typeof value === "bigint" ? String(value) : value;
}

async function records() {
  const leads = new sdk.Record.RecordOperations("Leads");
  told.created = await rows(leads.createRecords(leadsBody(
    { Last_Name: "Doe", Company: "X & Söhne", Annual_Revenue: 12.5, Lead_Status: new sdk.Choice("Contacted"), Email: "doe@example.com" },
    { Last_Name: "Roe", Company: "Y" },
    { Company: "no name" },
  )));
  const [doe, roe] = told.created.rows.map((row) => row.id);

  const one = await object(leads.getRecord(BigInt(doe)));
  told.one = shown(one.answer.getData()[0], "Last_Name", "Company", "Annual_Revenue", "Lead_Status", "Email", "Full_Name");

  const { GetRecordsParam, SearchRecordsParam, DeleteRecordsParam } = sdk.Record;
  const list = await object(leads.getRecords(await params([
    [GetRecordsParam.FIELDS, "Last_Name,Company"], [GetRecordsParam.SORT_BY, "id"], [GetRecordsParam.SORT_ORDER, "asc"], [GetRecordsParam.PER_PAGE, 1],
  ])));
  told.list = { records: list.answer.getData().map((r) => shown(r, "Last_Name")), more: list.answer.getInfo().getMoreRecords() };

  told.updated = await rows(leads.updateRecords(leadsBody({ id: doe, Company: "Z" })));
  told.updatedOne = await rows(leads.updateRecord(BigInt(doe), leadsBody({ City: "Porto" })));
  const upsert = leadsBody({ Last_Name: "Doe", Email: "doe@example.com", City: "Lisboa" }, { Last_Name: "New", Email: "new@example.com" });
  upsert.setDuplicateCheckFields(["Email"]);
  told.upserted = await rows(leads.upsertRecords(upsert));

  const found = await object(leads.searchRecords(await params([[SearchRecordsParam.CRITERIA, "(City:equals:Lisboa)"]])));
  told.found = found.answer.getData().map((r) => shown(r, "Last_Name", "City"));
  told.notFound = (await leads.searchRecords(await params([[SearchRecordsParam.CRITERIA, "(City:equals:Faro)"]]))).getStatusCode();

  told.deleted = await rows(leads.deleteRecords(await params([[DeleteRecordsParam.IDS, told.upserted.rows[1].id]])));
  told.deletedOne = await rows(leads.deleteRecord(BigInt(roe)));
  return BigInt(doe);
}

async function notes(parent) {
  const note = new sdk.Notes.Note();
  note.setNoteTitle("Call");
  note.setNoteContent("Söhne: call back");
  const of = new sdk.Notes.ParentId();
  of.setId(parent);
  const module = new sdk.Modules.MinifiedModule();
  module.setAPIName("Leads");
  of.setModule(module);
  note.setParentId(of);
  const body = new sdk.Notes.BodyWrapper();
  body.setData([note]);
  const operations = new sdk.Notes.NotesOperations();
  told.noteCreated = await rows(operations.createNotes(body));
  const list = await object(operations.getNotes(await params([[sdk.Notes.GetNotesParam.FIELDS, "Note_Title,Note_Content,Parent_Id"]])));
  told.notes = list.answer.getData().map((n) => [n.getNoteTitle(), n.getNoteContent(), String(n.getParentId().getId())]);
}

async function attachments(parent) {
  const operations = new sdk.Attachments.AttachmentsOperations();
  const file = path.join(folder, "Grüße.txt");
  fs.writeFileSync(file, "attached by Zoho's SDK\n".repeat(1000));
  const body = new sdk.Attachments.FileBodyWrapper();
  body.setFile(new sdk.StreamWrapper(null, null, file));
  told.attached = await rows(operations.uploadAttachments(parent, "Leads", body));
  const { GetAttachmentsParam } = sdk.Attachments;
  const list = await object(operations.getAttachments(parent, "Leads", await params([[GetAttachmentsParam.FIELDS, "id,File_Name,Size"]])));
  told.attachments = list.answer.getData().map((a) => [String(a.getId()), a.getFileName(), a.getSize()]);
  const download = await object(operations.getAttachment(BigInt(told.attached.rows[0].id), parent, "Leads"));
  const got = (await download.answer).getFile(); // of files, the SDK answers with a promise of the answer
  told.downloaded = [decodeURIComponent(got.getName()), got.getStream().equals(fs.readFileSync(file))];
}

async function tags(parent) {
  const operations = new sdk.Tags.TagsOperations();
  const tag = (name) => {
    const made = new sdk.Tags.Tag();
    made.setName(name);
    return made;
  };
  const body = new sdk.Tags.BodyWrapper();
  body.setTags([tag("VIP"), tag("cold")]);
  told.tagsCreated = await rows(operations.createTags(body, await params([[sdk.Tags.CreateTagsParam.MODULE, "Leads"]])), (answer) => answer.getTags());
  const list = await object(operations.getTags(await params([[sdk.Tags.GetTagsParam.MODULE, "Leads"]])));
  told.tags = list.answer.getTags().map((t) => t.getName());
  const adding = new sdk.Tags.NewTagRequestWrapper();
  adding.setTags([tag("VIP")]);
  told.tagged = await rows(operations.addTags("Leads", parent, adding));
}

async function notifications() {
  const operations = new sdk.Notifications.NotificationsOperations();
  const channel = new sdk.Notifications.Notification();
  channel.setChannelId("1000000068001");
  channel.setEvents(["Leads.create", "Leads.edit"]);
  channel.setNotifyUrl(env("CRM_NOTIFY_URL"));
  channel.setToken("fake-token");
  channel.setNotifyOnRelatedAction(false);
  const body = new sdk.Notifications.BodyWrapper();
  body.setWatch([channel]);
  const watch = (answer) => answer.getWatch();
  told.enabled = await rows(operations.enableNotifications(body), watch);
  const list = async () => {
    const response = await operations.getNotifications(await params([[sdk.Notifications.GetNotificationsParam.MODULE, "Leads"]]));
    if (response.getStatusCode() === 204) return [];
    return response.getObject().getWatch().map((n) => [String(n.getChannelId()), n.getEvents(), n.getToken(), n.getResourceName()]);
  };
  told.channels = await list();

  const leads = new sdk.Record.RecordOperations("Leads");
  told.notified = await rows(leads.createRecords(leadsBody({ Last_Name: "Told" })));

  const fewer = new sdk.Notifications.Notification();
  fewer.setChannelId("1000000068001");
  fewer.setEvents(["Leads.edit"]);
  fewer.setDeleteEvents(new sdk.Choice(true));
  body.setWatch([fewer]);
  told.eventsDisabled = await rows(operations.disableNotification(body), watch);
  told.channelsLeft = await list();
  const { DeleteNotificationParam } = sdk.Notifications;
  told.disabled = await rows(operations.deleteNotification(await params([[DeleteNotificationParam.CHANNEL_IDS, 1000000068001n]])), watch);
  told.channelsAtTheEnd = await list();
}

async function metadata() {
  const modules = await object(new sdk.Modules.ModulesOperations().getModules());
  told.modules = modules.answer.getModules().map((m) => m.getAPIName());
  const fields = await object(new sdk.Fields.FieldsOperations().getFields(await params([[sdk.Fields.GetFieldsParam.MODULE, "Leads"]])));
  told.fields = fields.answer.getFields().map((f) => [f.getAPIName(), f.getDataType()]);
}

await initialize();
const parent = await records();
await notes(parent);
await attachments(parent);
await tags(parent);
await notifications();
await metadata();
console.log(JSON.stringify(told, null, 1));
