import { html, type TemplateResult } from 'lit'

/** The mark and the name. */
export function logo(): TemplateResult {
  return html`<span
    part="logo"
    .style=${'display: inline-flex; align-items: center; gap: 10px; font-weight: 680; letter-spacing: -0.01em'}
  >
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--playhead-accent)" />
      <path
        d="M10 8.6v14.8a1 1 0 0 0 1.5.870l4.4-2.55V10.28L11.5 7.73A1 1 0 0 0 10 8.6Z"
        fill="var(--playhead-accent-text)"
      />
      <path d="M18.4 11.72v8.56l6-3.41a1 1 0 0 0 0-1.74Z" fill="var(--playhead-accent-text)" opacity=".6" />
    </svg>
    Playhead
  </span>`
}
