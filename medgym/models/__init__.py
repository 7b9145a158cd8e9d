"""Small language models that run on this machine, to prove the pipe and not the score.

`catalog` says which, `fetch` brings the weights into the data folder, `local` serves one
behind an OpenAI-compatible endpoint on loopback, `serve` is what runs in the server's own
process. The engine, xllamacpp, is an optional extra that only `serve` imports.
"""
