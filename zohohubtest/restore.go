package zohohubtest

import (
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// keptRecord is a deleted record as long as it can be restored, with what is its own alone.
type keptRecord struct {
	record      *record
	attachments []keptFile
	photo       *file
	links       []linkingRow
	parent      pointedRecord // that it went with
}

// pointedRecord is a record by its module and id.
type pointedRecord struct {
	module *schema.Module
	id     int64
}

// keptFile is an attachment, with its file if it is no link.
type keptFile struct {
	attachment *record
	file       *file
}

// keep takes hold of a record that is about to be forgotten. Its files stay, its notes are kept by themselves.
func (c *crm) keep(m *schema.Module, r *record) *keptRecord {
	id := formatID(r.id)
	kept := &keptRecord{record: r, photo: c.photos[photoID(r)], links: c.linkingRows(m, id)}
	delete(c.photos, photoID(r))
	for _, a := range c.attachments(m, id) {
		kept.attachments = append(kept.attachments, keptFile{a, c.attached[a.id]})
		delete(c.attached, a.id)
	}
	return kept
}

// emptyOld takes what its sixty days are over for out of the recycle bin.
func (c *crm) emptyOld(m *schema.Module) {
	deleted := c.table(m.APIName).deleted
	for i := range deleted {
		if c.now().Sub(deleted[i].at) < recycleLife {
			return // the oldest stand first
		}
		c.drop(m, &deleted[i])
	}
}

// purge deletes for good, and with a record what went with it.
func (c *crm) purge(d recycled) {
	deleted := c.table(d.module.APIName).deleted
	for i := range deleted {
		if deleted[i].id == d.id {
			c.drop(d.module, &deleted[i])
		}
	}
	for _, part := range c.partsOf(d.module, d.id) {
		c.purge(part)
	}
}

// drop leaves of a deleted record nothing but its id.
func (c *crm) drop(m *schema.Module, d *deletedRecord) {
	if d.kept == nil {
		return
	}
	for _, a := range d.kept.attachments {
		if a.file != nil {
			a.file.drop()
		}
	}
	if d.kept.photo != nil {
		d.kept.photo.drop()
	}
	delete(c.shares, keyOf(m, d.id))
	delete(c.processes, keyOf(m, d.id))
	d.kept, d.pointed = nil, nil
}

// partsOf are the notes that went with a record, and are in the recycle bin too.
func (c *crm) partsOf(m *schema.Module, id int64) []recycled {
	var parts []recycled
	for _, d := range c.table("Notes").deleted {
		if d.kept != nil && d.kept.parent == (pointedRecord{m, id}) {
			parts = append(parts, recycled{c.schema.Module("Notes"), d})
		}
	}
	return parts
}

// restore puts a record back where it was, with what hung on it and the lookups that led to it, unless they lead elsewhere
// by now. No callback tells of it.
func (c *crm) restore(m *schema.Module, id int64) {
	t := c.table(m.APIName)
	at := slices.IndexFunc(t.deleted, func(d deletedRecord) bool { return d.id == id && d.kept != nil })
	d := t.deleted[at]
	t.deleted = slices.Delete(t.deleted, at, at+1)
	c.silently(func() {
		r := *d.kept.record
		c.store(m, &r, nil)
		if d.kept.photo != nil {
			c.photos[photoID(&r)] = d.kept.photo
		}
		for _, a := range d.kept.attachments {
			c.table(attachmentModule.APIName).put(a.attachment)
			if a.file != nil {
				c.attached[a.attachment.id] = a.file
			}
		}
		for _, link := range d.kept.links {
			c.store(link.module, link.record.moved(), nil)
		}
		for p, v := range d.pointed {
			holders := c.table(p.field.Module().APIName)
			if old := holders.held(p.holder); old != nil && old.fields[p.field.APIName] == nil {
				holder := old.moved()
				holder.fields[p.field.APIName] = v
				holders.put(holder)
				c.rollUp(p.field.Module(), holder, old)
			}
		}
	})
	for _, part := range c.partsOf(m, id) {
		c.restore(part.module, part.id)
	}
}
