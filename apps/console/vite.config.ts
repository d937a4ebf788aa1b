import { gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Packs each file of the page once, when it is built, so that the server need not. */
const packed: Plugin = {
  name: 'packed',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const [name, file] of Object.entries(bundle)) {
      if (!/^assets\//.test(name)) continue
      const source = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 })
      this.emitFile({ type: 'asset', fileName: `${name}.gz`, source })
    }
  },
}

export default defineConfig({
  plugins: [packed],
  build: {
    // The page is for browsers of today, so it takes no code for older ones.
    target: 'baseline-widely-available',
    modulePreload: { polyfill: false },
    // The policy of the page allows no data: addresses.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
