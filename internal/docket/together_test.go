package docket

import "context"

// Sent is a command as one caller sent it.
type Sent struct {
	Ctx context.Context
	Command
}

// Together commits commands as one batch, as if they had come while another one
// was under way, and gives what each caller was told.
func (k *Docket) Together(list ...Sent) ([]*Receipt, []error) {
	batch := make([]*request, len(list))
	for i := range list {
		batch[i] = &request{ctx: list[i].Ctx, commands: []Command{list[i].Command}, reply: make(chan struct{})}
	}
	k.commit(batch)
	receipts, errs := make([]*Receipt, len(list)), make([]error, len(list))
	for i, r := range batch {
		<-r.reply
		if errs[i] = r.err; r.err == nil {
			receipts[i] = r.receipts[0]
		}
	}
	return receipts, errs
}
