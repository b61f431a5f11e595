package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync"
	"testing"
)

// BenchmarkPace measures work that is none of ours, the standard library
// reading JSON, with one core and with two at once: how quick the machine was
// in the run in which the rest was measured. Machines whose processor is shared
// with others differ from hour to hour by more than most changes of a program.
func BenchmarkPace(b *testing.B) {
	var text bytes.Buffer
	text.WriteByte('[')
	for i := range 200 {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(`{"no":` + strconv.Itoa(i) + `,"term":"decide_on_report","article":"CPC 329","due":1793664000000000,"people":["Aziz","Malika"]}`)
	}
	text.WriteByte(']')
	for _, c := range []struct {
		name string
		at   int
	}{{"one", 1}, {"two", 2}} {
		b.Run(c.name, func(b *testing.B) {
			var all sync.WaitGroup
			for range c.at {
				all.Go(func() {
					var list []map[string]any
					for range b.N {
						if err := json.Unmarshal(text.Bytes(), &list); err != nil {
							b.Error(err)
							return
						}
						list = list[:0]
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(text.Len())*float64(b.N)*float64(c.at)/1e6/b.Elapsed().Seconds(), "MB/s")
		})
	}
}
