package db

import "database/sql"

// Stats of the pools of connections, by what they are for: "read" and "write".
func (d *DB) Stats() map[string]sql.DBStats {
	switch e := d.engine.(type) {
	case *sqlite:
		return map[string]sql.DBStats{"read": e.read.Stats(), "count": e.long.Stats()} // one connection writes, and queues are the docket's to tell
	case *postgres:
		return map[string]sql.DBStats{"read": e.read.Stats(), "write": e.write.Stats(), "count": e.long.Stats()}
	}
	return nil
}
