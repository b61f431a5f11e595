package db

// Rewrite reads a row of an archive and writes it again; err where it is none.
func Rewrite(line []byte, columns []TableColumn) ([]byte, error) {
	values := make([]any, len(columns))
	if err := readRow(line, columns, values); err != nil {
		return nil, err
	}
	return appendRow(nil, columns, values)
}
