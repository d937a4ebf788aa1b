import { useEffect, useRef } from 'preact/hooks'
import { setToken, tokenQuestion } from './api/token.ts'
import { useStore } from './store.ts'

/** Asks for a token when the server wants one. */
export function TokenDialog() {
  const question = useStore(tokenQuestion)
  const dialog = useRef<HTMLDialogElement>(null)
  const isAsked = question !== undefined
  useEffect(() => {
    if (isAsked) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isAsked])
  return (
    // Escape would leave a page that shows nothing.
    <dialog ref={dialog} aria-labelledby="token-title" onCancel={event => event.preventDefault()}>
      <form
        onSubmit={event => {
          event.preventDefault()
          const input = event.currentTarget.elements.namedItem('token') as HTMLInputElement
          setToken(input.value.trim())
          input.value = ''
        }}
      >
        <h2 id="token-title">Token</h2>
        <p>{question}</p>
        <input
          name="token"
          type="password"
          aria-label="Token"
          autocomplete="off"
          spellcheck={false}
          required
        />
        <button type="submit" class="primary">
          Use it
        </button>
      </form>
    </dialog>
  )
}
