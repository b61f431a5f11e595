// Builds internal/web/static/dist from assets/ and node_modules/: one style
// sheet, one script and one more for live pages, the fonts, the pictures, the licences of what went in, a
// manifest of hashed names, and brotli and gzip forms of everything that is text.
//
// It needs no network. It writes the folder anew and refuses what we have no
// licence to use: the typeface and the crown of the British government.
import { createHash } from "node:crypto"
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import esbuild from "esbuild"
import * as sass from "sass"
import { graphviz } from "./graphviz.mjs"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const dist = path.join(root, "internal/web/static/dist")
const assets = path.join(root, "assets")
process.chdir(root)

await mkdir(dist, { recursive: true })
for (const name of await readdir(dist)) {
  if (name !== ".gitkeep") {
    await rm(path.join(dist, name), { recursive: true })
  }
}

const scss = {
  name: "scss",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, (args) => {
      const { css, loadedUrls } = sass.compile(args.path, { loadPaths: [root], quietDeps: true, charset: false })
      return {
        contents: css,
        loader: "css",
        resolveDir: path.dirname(args.path),
        watchFiles: loadedUrls.map((url) => fileURLToPath(url)),
      }
    })
  },
}

const result = await esbuild.build({
  entryPoints: { app: "assets/js/app.js", live: "assets/js/live.js", style: "assets/scss/app.scss" },
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: ["es2020"],
  loader: { ".woff2": "file", ".svg": "file" },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none",
  outdir: dist,
  write: false,
  metafile: true,
  logLevel: "warning",
  plugins: [scss],
})

const manifest = {}
const packages = new Set()

async function put(plain, name, contents) {
  await writeFile(path.join(dist, name), contents)
  if (/\.(css|js|svg|txt)$/.test(name)) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
    await writeFile(path.join(dist, name + ".br"), brotliCompressSync(contents, { params }))
    await writeFile(path.join(dist, name + ".gz"), gzipSync(contents, { level: 9 }))
  }
  if (plain) {
    manifest[plain] = name
  }
}

function hashed(name, contents) {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 10)
  const { name: stem, ext } = path.parse(name)
  return `${stem}-${hash}${ext}`
}

for (const file of result.outputFiles) {
  const name = path.basename(file.path)
  const plain = { app: "app.js", live: "live.js", style: "app.css" }[name.split("-")[0]]
  const contents = Buffer.from(file.contents)
  if (plain && /GDS Transport|govuk-crest|crown/i.test(contents.toString())) {
    throw new Error(`${plain} names the typeface or the crown of GOV.UK, which are not ours to use`)
  }
  await put(plain, name, contents)
}

for (const name of (await readdir(path.join(assets, "img"))).sort()) {
  const contents = await readFile(path.join(assets, "img", name))
  await put(name, hashed(name, contents), contents)
}

// Who wrote what went in. Style sheets are read by sass, so their packages do
// not stand in esbuild's list of inputs.
for (const input of Object.keys(result.metafile.inputs)) {
  const match = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)
  if (match) {
    packages.add(match[1])
  }
}
packages.add("govuk-frontend").add("@ministryofjustice/frontend").add("@viz-js/viz")

let licences = "The pages of Nazorat are built with the work of others:\n"
for (const name of [...packages].sort()) {
  const folder = path.join(root, "node_modules", name)
  const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"))
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file ? await readFile(path.join(folder, file), "utf8") : `(${license}; the package holds no text of it)`
  licences += `\n${"=".repeat(78)}\n${name} ${version} (${license})\n${"=".repeat(78)}\n\n${text.trim()}\n`
}
licences += `\n${"=".repeat(78)}\n${await graphviz(root)}`
await put("licences.txt", hashed("licences.txt", licences), Buffer.from(licences))

const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)))
await writeFile(path.join(dist, "manifest.json"), JSON.stringify(sorted, null, 2) + "\n")

for (const [plain, name] of Object.entries(sorted)) {
  const size = (await readFile(path.join(dist, name))).length
  const packed = (await readFile(path.join(dist, name + ".br"))).length
  console.log(`${plain.padEnd(14)} ${(size / 1024).toFixed(1).padStart(7)} KB, ${(packed / 1024).toFixed(1).padStart(5)} KB brotli`)
}
