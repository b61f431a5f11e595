// Takes Graphviz as WebAssembly out of the npm package @viz-js/viz, for
// internal/lawdraw, which lays out the drawings of laws with it.
//
// The package holds the program as a text within its script, and calls what it
// imports and exports by single letters. Both are read from that script here: the
// program is written as a file, and beside it which letter stands for which
// function. Whatever is not found as expected stops the build.
import { createHash } from "node:crypto"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import path from "node:path"
import { gzipSync } from "node:zlib"

function find(script, pattern, what) {
  const match = pattern.exec(script)
  if (!match) {
    throw new Error(`@viz-js/viz holds no ${what}, or no longer where it was`)
  }
  return match
}

// program is the WebAssembly itself: every letter of the text is one byte, inverted.
function program(script) {
  const [, quote, text] = find(script, /return binaryDecode\((['"`])((?:\\[^]|(?!\1)[^\\])*)\1\)/, "program")
  const letters = (0, eval)(quote + text + quote)
  const bytes = Buffer.alloc(letters.length)
  for (let i = 0; i < letters.length; i++) {
    bytes[i] = ~letters.charCodeAt(i) >> 8 & letters.charCodeAt(i)
  }
  new WebAssembly.Module(bytes) // throws if it is none
  return bytes
}

// names says by which letters the program knows what it imports and exports.
function names(script) {
  const imports = {}
  for (const pair of find(script, /var wasmImports=\{([^}]*)\}/, "list of imports")[1].split(",")) {
    const [letter, name] = pair.split(":")
    imports[letter] = name.replace(/^_+/, "")
  }
  const exports = { start: find(script, /wasmExports\["(\w+)"\]\(\);FS\.ignorePermissions/, "start")[1] }
  for (const name of ["malloc", "viz_read_one_graph", "viz_create_context", "viz_reset_errors", "viz_layout", "viz_render", "viz_get_graphviz_version"]) {
    exports[name] = find(script, new RegExp(`_${name}=(?:Module\\["_${name}"\\]=)?wasmExports\\["([^"]+)"\\]`), `function ${name}`)[1]
  }
  return { imports, exports }
}

// graphviz writes internal/lawdraw/dist, and returns what must be said of the origin.
export async function graphviz(root) {
  const from = path.join(root, "node_modules", "@viz-js", "viz")
  const script = await readFile(path.join(from, "lib", "backend.js"), "utf8")
  const bytes = program(script)
  const version = find(await readFile(path.join(from, "lib", "metadata.js"), "utf8"), /graphvizVersion = "([^"]+)"/, "version of Graphviz")[1]
  const built = JSON.parse(await readFile(path.join(from, "lib", "provenance.json"), "utf8"))
  const sources = built.predicate.buildDefinition.resolvedDependencies.map((d) => `  ${d.uri}\n    sha256 ${d.digest.sha256}`)
  const notice = `Graphviz ${version} lays out the drawings of laws. It is in this program as WebAssembly, as @viz-js/viz
holds it, unchanged (sha256 ${createHash("sha256").update(bytes).digest("hex")}).
Graphviz is licensed under the Eclipse Public License, https://www.eclipse.org/legal/, and Expat, which is
part of it, under the MIT licence. Their source, and what it was built with, can be had from:
${sources.join("\n")}
`
  const dist = path.join(root, "internal", "lawdraw", "dist")
  await mkdir(dist, { recursive: true })
  await writeFile(path.join(dist, "graphviz.wasm.gz"), gzipSync(bytes, { level: 9 }))
  await writeFile(path.join(dist, "graphviz.json"), JSON.stringify({ version, ...names(script) }, null, 2) + "\n")
  await writeFile(path.join(dist, "NOTICE.txt"), notice)
  return notice
}
