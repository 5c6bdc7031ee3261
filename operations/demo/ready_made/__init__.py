"""What there is to watch and to read in the local demo, made once into a folder of its data directory.

`work` describes an item's files, `ffmpeg` makes a film and its picture, `picture` draws one for an item that
has no film, and `making` puts all of them into the folder; films that are there stay as they are. Where
ffmpeg is missing, the films are the small ones in `files`, which also has the document.
"""
