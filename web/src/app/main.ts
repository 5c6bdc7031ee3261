/** Where the pages are put together: who is signed in, what they may call, and the shell that shows it. */
import '@fontsource-variable/inter/index.css'
import { html, render } from 'lit'
import { Api } from '../api/client'
import { Failure } from '../api/failure'
import { Tokens } from '../api/tokens'
import { answerTabs, hasCode, takeCode } from '../api/sign-in'
import { createPlayhead } from '../sdk'
import '../theme/tokens.css'
import { apply, language } from './preferences'
import './shell'
import type { Cause } from './sign-in'
import './sign-in'
import { followLink } from './sign-in-link'
import { failed } from './ui/failed'
import './ui/skeleton'

apply(document.documentElement)
const tokens = new Tokens(window)
// a link opened in this very tab changes the fragment, and loads nothing
addEventListener('hashchange', () => {
  if (hasCode(window)) location.reload()
})
answerTabs(tokens)
const code = takeCode(window)
const linkIsBad = code !== null && !(await followLink(code, tokens, location.origin))
const api = new Api(tokens, signedOut, location.origin)
const playhead = createPlayhead({
  endpoint: location.origin,
  token: async () => (await tokens.current()) ?? '',
})
playhead.addEventListener('error', ({ detail }) => {
  if (detail.kind === 'unauthorised') void renew()
})

await start()

async function start(): Promise<void> {
  if ((await tokens.current()) === null) {
    signIn(linkIsBad ? 'linkBad' : 'none')
    return
  }
  render(html`<ui-skeleton></ui-skeleton>`, document.body)
  try {
    const me = await api.read(api.client.GET('/api/me'))
    render(
      html`<playhead-app
        .services=${{ api, playhead, me }}
        @app-sign-out=${signOut}
        @app-sign-in=${signInAgain}
      ></playhead-app>`,
      document.body,
    )
  } catch (reason) {
    if (reason instanceof Failure && reason.kind === 'signedOut') return
    render(
      failed(reason, language(), () => void start()),
      document.body,
    )
  }
}

/** A save was refused for its token. It is kept, and sent once there is another: from the host, or by signing in. */
async function renew(): Promise<void> {
  if (tokens.refuse(await tokens.current()) && (await tokens.current()) !== null) await playhead.flush()
  else signedOut()
}

/** An open page stays: a video may be playing in it, and what is watched is kept. */
function signedOut(): void {
  const shell = document.querySelector('playhead-app')
  if (shell === null) signIn('expired')
  else shell.signedOut = true
}

function signIn(cause: Cause): void {
  render(html`<page-sign-in .tokens=${tokens} .cause=${cause}></page-sign-in>`, document.body)
}

function signInAgain(): void {
  signIn('expired')
}

function signOut(): void {
  tokens.forget()
  location.assign('/')
}
