"""The demo: an organisation whose people watch, with a directory, four weeks of history, and media.

Begin with `start`, which `playhead up --demo` runs: `load_directory`, then `media`, then `load_history`.
`sign_in_links` opens the pages, `sending` is what `playhead simulate` and `replay` share, and `audience`
simulates the people. `files` are the films and the document that ship with the demo.
"""
