export function progress(what: string): void {
  console.error(`bench: ${what}`)
}
