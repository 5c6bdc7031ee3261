import { css } from 'lit'

export const watchStyles = css`
  .back {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-height: 40px;
    margin-block: -8px 8px;
    margin-inline-start: -6px;
    color: var(--playhead-muted);
    font-size: 0.9375rem;
    text-decoration: none;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 320px;
    gap: 32px;
    align-items: start;
  }
  .main {
    --gap: 20px;
    min-width: 0;
  }
  h1 {
    overflow-wrap: anywhere;
  }
  .about {
    --gap: 4px 16px;
    color: var(--playhead-muted);
    font-size: 0.875rem;
  }
  .about .icon {
    width: 16px;
    height: 16px;
    margin-inline-end: 6px;
    vertical-align: -3px;
  }
  .about .facts {
    display: inline-flex;
    align-items: center;
    gap: 8px;
  }
  .push {
    flex: 1;
  }
  .next {
    position: relative;
    display: grid;
    gap: 16px;
  }
  .next a {
    color: inherit;
    font-weight: 560;
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  .next a::after {
    content: '';
    position: absolute;
    inset: 0;
  }
  .next:hover {
    border-color: var(--playhead-border-strong);
  }
  @media (max-width: 900px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
      gap: 24px;
    }
  }
`
