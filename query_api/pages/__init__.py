"""The web pages, as `make pages` builds them, and the media files of the local demo.

`files` serves the files of a folder, `headers` says what a page may load and which sites may frame it, and
`serving` puts both behind the addresses of the pages. None of it needs a store or a token: the pages sign in
by themselves, and everything that they show comes from the API. Begin with `serving`.
"""
