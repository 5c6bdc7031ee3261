import { css } from 'lit'

/** What the manager's pages add to the shared styles. */
export const managerStyles = css`
  .share {
    min-width: 120px;
  }
  .page-head > .share {
    flex: 0 0 200px;
  }
  .late {
    color: var(--playhead-danger);
    font-weight: 600;
  }
  th a {
    color: var(--playhead-text);
    text-decoration-color: var(--playhead-border-strong);
    overflow-wrap: anywhere;
  }
  th .small {
    display: block;
    font-weight: 400;
    overflow-wrap: anywhere;
  }
  time {
    white-space: nowrap;
  }
  .back {
    display: inline-flex;
    margin-inline-start: -6px; /* the arrow's own margin */
    align-items: center;
    gap: 4px;
    width: fit-content;
    color: var(--playhead-muted);
    font-size: 0.875rem;
    text-decoration: none;
  }
  .back:hover {
    color: var(--playhead-text);
  }
  h1 {
    overflow-wrap: anywhere;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(128px, 100%), 1fr));
    gap: 20px 24px;
    margin-block-end: 24px;
  }
  .stat {
    align-content: start;
  }
  .figures .figure {
    font-size: clamp(1.25rem, 5.5vw, 1.75rem);
    overflow-wrap: anywhere;
  }
  .figures time {
    white-space: normal;
  }
  :host(.section) {
    margin-block-start: 32px;
  }
  .besides {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr));
    gap: 24px;
    margin-block-start: 24px;
  }
  .section-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
    margin-block-end: 12px;
  }
  .reasons {
    display: flex;
    flex-wrap: wrap;
    justify-content: end;
    gap: 4px;
  }
  @media (max-width: 700px) {
    td > .share,
    td > .map {
      flex: 0 1 180px;
    }
  }
`

/** Whether a page receives live changes. */
export const liveStyles = css`
  .live {
    padding: 4px 12px;
    font-size: 0.8125rem;
  }
  .dot {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: currentColor;
  }
  .live.success .dot {
    animation: beat 2s ease-in-out infinite;
  }
  @keyframes beat {
    50% {
      opacity: 0.35;
    }
  }
`

/** Styles of `note()`. */
export const noteStyles = css`
  .note {
    display: flex;
    align-items: start;
    gap: 8px;
    font-size: 0.9375rem;
  }
  .note svg {
    flex: none;
    margin-block-start: 1px;
    color: var(--playhead-muted);
  }
  .note.good svg {
    color: var(--playhead-success);
  }
  .note.bad svg {
    color: var(--playhead-danger);
  }
`
