"""The pages that people see, as `make pages` builds them, and the files of the local demo.

`files` answers for the files of a folder, `policy` says what a page may load and who may frame it, and
`serving` puts both behind the addresses of the pages. None of it needs a store or a token: the pages sign in
by themselves, and everything they show comes from the API.
"""
