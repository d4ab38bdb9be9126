"""Check Systems Manager documents as a compiler would, against AWS's own models of its services.

Automation documents (runbooks) of schema version 0.3 and Command documents of 2.2, anybody's. Synth
does not import this: it checks our own documents' form alone.
"""
