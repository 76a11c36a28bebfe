package codec

import (
	"slices"
	"strings"
)

// Snapshot is what Diff compares with after patch, an Encode or a Diff of v, was saved: loaded with what was sent put over
// it. A subform's part of a patch names changes only, so the values are those that v has. Of a record that was created
// nothing was loaded: loaded is empty.
func (p *Plan) Snapshot(v any, loaded, patch []byte) ([]byte, error) {
	sent, err := members(patch)
	if err != nil {
		return nil, err
	}
	if len(loaded) == 0 {
		loaded = []byte("{}")
	}
	had, err := members(loaded)
	if err != nil {
		return nil, err
	}
	for i, m := range sent {
		now, err := p.wire(p.elem(v), m.name)
		if err != nil {
			return nil, p.unwritable(err)
		}
		was, _ := had.get(m.name)
		if sent[i].value, err = saved(m.name, now, was, m.value); err != nil {
			return nil, err
		}
		had = had.set(sent[i])
	}
	return had.object()
}

// saved is a field's value after a save: its rows that Zoho has given an id that is not known here are marked.
func saved(name string, now, was, patch []byte) ([]byte, error) {
	l, before := listingOf(name, was), rowsOf(was)
	if len(before) == 0 {
		l = listingOf(name, now)
		l.ids = true
	}
	rows := rowsOf(now)
	if texts, err := elements(now); err != nil || l.whole || !l.ids || !isList(now) || len(texts) != len(rows) {
		return now, err
	}
	had, sent := byID(before, l.key), byID(rowsOf(patch), l.key)
	e := encoder{buf: []byte("[")}
	for _, row := range rows {
		id := row.id(l.key)
		if id == "" || sent[id].has("_delete") { // what has this id here was added in place of the row that had it
			row = row.set(member{unnamed, []byte("null")})
		}
		if file, ok := had[id].get(l.target); ok && id != "" && !row.has(l.target) { // by which the next save knows what the list is
			row = row.set(member{l.target, file})
		}
		text, err := row.object()
		if err != nil {
			return nil, err
		}
		e.item(text)
	}
	e.raw("]")
	return e.buf, nil
}

func byID(rows []memberList, key string) map[string]memberList {
	m := make(map[string]memberList, len(rows))
	for _, row := range rows {
		m[row.id(key)] = row
	}
	return m
}

// id is the id of a row, a text or a number.
func (l memberList) id(key string) string {
	text, _ := l.get(key)
	if string(text) == "null" {
		return ""
	}
	return strings.Trim(string(text), `"`)
}

// Merge puts the members of one JSON object over those of another.
func Merge(base, patch []byte) ([]byte, error) {
	over, err := members(patch)
	if err != nil {
		return nil, err
	}
	return merge(base, over)
}

func merge(base []byte, over memberList) ([]byte, error) {
	all, err := members(base)
	if err != nil {
		return nil, err
	}
	for _, m := range over {
		all = all.set(m)
	}
	return all.object()
}

type member struct {
	name  string
	value []byte
}

// memberList keeps the order of an object's members; there are some dozens at most.
type memberList []member

func (l memberList) get(name string) ([]byte, bool) {
	for _, m := range l {
		if m.name == name {
			return m.value, true
		}
	}
	return nil, false
}

func (l memberList) has(name string) bool {
	_, ok := l.get(name)
	return ok
}

func (l memberList) without(name string) memberList {
	return slices.DeleteFunc(slices.Clone(l), func(m member) bool { return m.name == name })
}

func (l memberList) set(m member) memberList {
	for i := range l {
		if l[i].name == m.name {
			l[i].value = m.value
			return l
		}
	}
	return append(l, m)
}

func (l memberList) object() ([]byte, error) {
	var e encoder
	out := e.object()
	for _, m := range l {
		if err := out.member(m.name, func() error { e.buf = append(e.buf, m.value...); return nil }); err != nil {
			return nil, err
		}
	}
	out.end()
	return e.buf, nil
}

// members splits an object; the last of duplicate names wins, as in Decode.
func members(object []byte) (memberList, error) {
	d := newDecoder(object)
	defer d.free()
	var list memberList
	err := d.object(func(name string) error {
		value, err := d.json.ReadValue()
		list = list.set(member{name, value})
		return err
	})
	if err != nil {
		return nil, d.fault(err)
	}
	return list, d.end()
}
