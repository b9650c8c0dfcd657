"""The index: what a search asks of it (``protocol``), and how it lies on disk as snapshots.

Articles, passages and vectors come in from a build; candidates, passages and articles go out, within a scope. Nobody
else sees rows, masks or files. Imports ``text``, and of ``models`` the identity of a model.
"""
