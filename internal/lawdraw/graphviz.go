package lawdraw

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Graphviz is a program in WebAssembly here. It sees neither clock nor files nor
// network, cannot take more memory than it is given, and starts anew for every
// drawing, so that the same graph always gets the same layout.

// ErrNotBuilt says that the program was compiled without Graphviz.
var ErrNotBuilt = errors.New("lawdraw: Graphviz is not built in: run `make assets`, then build again")

//go:embed all:dist
var dist embed.FS

// pages of 64 KiB that a layout may take: it begins with 16 MiB.
const mostPages = 1024

// engine is Graphviz, compiled when it is first used: that takes most of a
// second and some memory, and most runs of the program draw nothing.
type engine struct {
	mu       sync.Mutex
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	names    engineNames
}

// engineNames are the letters by which the program knows its functions.
type engineNames struct {
	Version string            `json:"version"`
	Imports map[string]string `json:"imports"`
	Exports map[string]string `json:"exports"`
}

func (g *engine) compile(ctx context.Context, files fs.FS) error {
	raw, err := fs.ReadFile(files, "dist/graphviz.json")
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotBuilt
	}
	if err != nil {
		return fmt.Errorf("read the names of Graphviz: %w", err)
	}
	if err := json.Unmarshal(raw, &g.names); err != nil {
		return fmt.Errorf("read the names of Graphviz: %w", err)
	}
	packed, err := fs.ReadFile(files, "dist/graphviz.wasm.gz")
	if err != nil {
		return fmt.Errorf("read Graphviz: %w", err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("unpack Graphviz: %w", err)
	}
	program, err := io.ReadAll(unpacked)
	if err != nil {
		return fmt.Errorf("unpack Graphviz: %w", err)
	}
	// No cache of compiled code on a disk: whoever can write there could run what he likes in this process.
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithMemoryLimitPages(mostPages).WithCloseOnContextDone(true))
	compiled, err := r.CompileModule(ctx, program)
	if err == nil {
		err = g.host(ctx, r, compiled)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("compile Graphviz: %w", err), r.Close(ctx))
	}
	g.runtime, g.compiled = r, compiled
	return nil
}

// host answers what the program asks of the system around it: memory, within
// the limit, and an empty environment. Everything else it is refused.
func (g *engine) host(ctx context.Context, r wazero.Runtime, compiled wazero.CompiledModule) error {
	builders := map[string]wazero.HostModuleBuilder{}
	for _, f := range compiled.ImportedFunctions() {
		module, letter, _ := f.Import()
		b := builders[module]
		if b == nil {
			b = r.NewHostModuleBuilder(module)
			builders[module] = b
		}
		name, known := g.names.Imports[letter]
		if !known {
			return fmt.Errorf("it imports %q, which nothing names", letter)
		}
		b.NewFunctionBuilder().WithGoModuleFunction(answer(name, len(f.ResultTypes())), f.ParamTypes(), f.ResultTypes()).Export(letter)
	}
	for _, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return err
		}
	}
	return nil
}

// complaint collects what Graphviz says of a graph; it lies in the context of a layout.
type complaint struct{ text string }

type complaintKey struct{}

// answer is one function of the system around the program.
func answer(name string, results int) api.GoModuleFunction {
	refuse := func(stack []uint64) {
		if results > 0 {
			stack[0] = uint64(^uint32(0))
		}
	}
	return api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
		mem := m.Memory()
		switch name {
		case "emscripten_resize_heap":
			more := uint32(0)
			if want := uint32(stack[0]); want > mem.Size() {
				more = (want - mem.Size() + 1<<16 - 1) >> 16
			}
			_, grown := mem.Grow(more)
			stack[0] = 0
			if grown {
				stack[0] = 1
			}
		case "environ_sizes_get":
			mem.WriteUint32Le(uint32(stack[0]), 0)
			mem.WriteUint32Le(uint32(stack[1]), 0)
			stack[0] = 0
		case "environ_get":
			stack[0] = 0
		case "emscripten_date_now":
			stack[0] = 0 // the program knows no time
		case "tzset_js":
		case "viz_errorf":
			if c, ok := ctx.Value(complaintKey{}).(*complaint); ok && len(stack) > 0 {
				c.text += text(mem, uint32(stack[0]), 300)
			}
		case "assert_fail", "cxa_throw", "abort_js", "exit":
			panic(fmt.Errorf("graphviz gave up (%s)", name)) // the runtime makes an error of it
		default:
			refuse(stack)
		}
	})
}

// text reads what stands at an address up to a zero byte, or to most bytes.
func text(mem api.Memory, at, most uint32) string {
	most = min(most, mem.Size()-min(at, mem.Size()))
	raw, ok := mem.Read(at, most)
	if !ok {
		return ""
	}
	if end := bytes.IndexByte(raw, 0); end >= 0 {
		raw = raw[:end]
	}
	return string(raw)
}

// run lays out a graph in the language of Graphviz and returns it as JSON with places.
func (g *engine) run(ctx context.Context, graph string) (out []byte, err error) {
	g.mu.Lock() // one at a time: a layout takes 16 MiB and some milliseconds
	defer g.mu.Unlock()
	if g.compiled == nil {
		if err := g.compile(ctx, dist); err != nil {
			return nil, err
		}
	}
	said := &complaint{}
	ctx = context.WithValue(ctx, complaintKey{}, said)
	m, err := g.runtime.InstantiateModule(ctx, g.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("start Graphviz: %w", err)
	}
	defer func() { err = errors.Join(err, m.Close(ctx)) }()
	c := calls{ctx: ctx, m: m, names: g.names.Exports}
	c.call("start")
	source, dot, format := c.put(graph), c.put("dot"), c.put("json0")
	read := c.call("viz_read_one_graph", source)
	engine := c.call("viz_create_context")
	c.call("viz_reset_errors")
	failed := c.call("viz_layout", engine, read, dot)
	drawn := c.call("viz_render", engine, read, format)
	if c.err == nil && (read == 0 || failed != 0 || drawn == 0) {
		c.err = errors.New("it gave no layout")
	}
	if c.err != nil {
		return nil, fmt.Errorf("lay out with Graphviz: %w (it said %q)", c.err, said.text)
	}
	return []byte(text(m.Memory(), uint32(drawn), m.Memory().Size())), nil
}

// calls calls one function after the other until one fails.
type calls struct {
	ctx   context.Context
	m     api.Module
	names map[string]string
	err   error
}

func (c *calls) call(name string, args ...uint64) uint64 {
	if c.err != nil {
		return 0
	}
	f := c.m.ExportedFunction(c.names[name])
	if f == nil {
		c.err = fmt.Errorf("it has no function %s", name)
		return 0
	}
	results, err := f.Call(c.ctx, args...)
	if c.err = err; err != nil || len(results) == 0 {
		return 0
	}
	return results[0]
}

// put writes a text into the memory of the program, ended by a zero byte.
func (c *calls) put(s string) uint64 {
	at := c.call("malloc", uint64(len(s)+1))
	if c.err == nil && !c.m.Memory().Write(uint32(at), append([]byte(s), 0)) {
		c.err = errors.New("it has no room for the graph")
	}
	return at
}

// close gives back what the compiled program takes.
func (g *engine) close(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.runtime == nil {
		return nil
	}
	r := g.runtime
	g.runtime, g.compiled = nil, nil
	return r.Close(ctx)
}
