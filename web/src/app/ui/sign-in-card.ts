import { css } from 'lit'

/** The layout of the pages for signing in: one card in the middle of the window. */
export const signInCard = css`
  :host {
    display: grid;
    place-items: center;
    min-height: 100dvh;
    padding: 24px;
  }
  main {
    width: min(420px, 100%);
  }
  .card {
    display: grid;
    gap: 16px;
    padding: clamp(24px, 6vw, 40px);
  }
`
