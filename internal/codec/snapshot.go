package codec

// Snapshot is what Diff compares with after patch, an Encode or a Diff of v, was saved: loaded with what was sent put over
// it. A subform's part of a patch names changes only, so the values are those that v has. Of a record that was created
// nothing was loaded: loaded is empty.
func (p *Plan) Snapshot(v any, loaded, patch []byte) ([]byte, error) {
	sent, err := members(patch)
	if err != nil {
		return nil, err
	}
	for i, m := range sent {
		if sent[i].value, err = p.wire(p.elem(v), m.name); err != nil {
			return nil, p.unwritable(err)
		}
	}
	if len(loaded) == 0 {
		return sent.object()
	}
	return merge(loaded, sent)
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
