from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files, whose modules import each other by their hashed names.

    A module that kept importing by plain names would get whichever version a browser has cached.
    """

    support_js_module_import_aggregation = True
    # A pass settles the modules whose imports are settled, so the longest chain of imports needs as many.
    max_post_process_passes = 20
