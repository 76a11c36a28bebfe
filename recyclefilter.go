package zohohub

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// RecycleFilter is a condition on records in the recycle bin.
type RecycleFilter interface{ applyRecycle(*recycleConfig) }

type recycleConfig struct {
	conditions []recycleCondition
	errs       []error
}

type recycleFilter func(*recycleConfig)

func (f recycleFilter) applyRecycle(c *recycleConfig) { f(c) }

// recycleCondition is a condition as Zoho writes it.
type recycleCondition struct {
	Field      recycleField `json:"field"`
	Comparator string       `json:"comparator"`
	Value      any          `json:"value"`
}

type recycleField struct {
	APIName string `json:"api_name"`
}

func (c *recycleConfig) add(field, comparator string, value any) {
	c.conditions = append(c.conditions, recycleCondition{recycleField{field}, comparator, value})
}

// DeletedFrom takes the records of a module, by its API name.
func DeletedFrom(module string) RecycleFilter {
	return recycleFilter(func(c *recycleConfig) {
		if !moduleNames.MatchString(module) {
			c.errs = append(c.errs, fmt.Errorf("DeletedFrom: %q is not a module's API name", clip(module, 40)))
		}
		c.add("module", "equal", module)
	})
}

// DeletedBy takes what the user with the id has deleted.
func DeletedBy(userID string) RecycleFilter {
	return recycleFilter(func(c *recycleConfig) {
		if err := checkRef("DeletedBy", userID); err != nil {
			c.errs = append(c.errs, err)
		}
		c.add("deleted_by", "equal", []map[string]string{{"id": userID}})
	})
}

// DeletedAfter takes what was deleted after a time, to the second.
func DeletedAfter(t time.Time) RecycleFilter { return deletedAt("DeletedAfter", "greater_than", t) }

// DeletedBefore takes what was deleted before a time, to the second.
func DeletedBefore(t time.Time) RecycleFilter { return deletedAt("DeletedBefore", "less_than", t) }

// DeletedNamed takes the records whose display name has that text in it.
func DeletedNamed(part string) RecycleFilter {
	return recycleFilter(func(c *recycleConfig) {
		if strings.TrimSpace(part) == "" {
			c.errs = append(c.errs, errors.New("DeletedNamed: the text is empty"))
		}
		c.add("display_name", "contains", part)
	})
}

func deletedAt(option, comparator string, t time.Time) RecycleFilter {
	return recycleFilter(func(c *recycleConfig) {
		if t.IsZero() {
			c.errs = append(c.errs, fmt.Errorf("%s: the time is zero", option))
		}
		c.add("deleted_time", comparator, t.Format("2006-01-02T15:04:05-07:00"))
	})
}

// condition is the filters in Zoho's words.
func (b *RecycleBin) condition(op string, filters []RecycleFilter) ([]byte, error) {
	if b.fault != nil {
		return nil, b.fail(op, b.fault)
	}
	var c recycleConfig
	for _, f := range filters {
		if f != nil {
			f.applyRecycle(&c)
		}
	}
	if len(c.conditions) == 0 {
		return nil, b.fail(op, because(ErrRecordInvalid, "no filters: nothing says which records"))
	}
	if err := badOptions(c.errs); err != nil {
		return nil, b.fail(op, err)
	}
	body, err := json.Marshal(map[string]any{"group_operator": "AND", "group": c.conditions})
	if err != nil {
		return nil, b.fail(op, err)
	}
	return body, nil
}

// filtered are the parameters of a list.
func (b *RecycleBin) filtered(op string, filters []RecycleFilter) (Params, error) {
	params := Params{}
	if len(filters) > 0 {
		condition, err := b.condition(op, filters)
		if err != nil {
			return nil, err
		}
		params["filters"] = string(condition)
	}
	return params, nil
}
