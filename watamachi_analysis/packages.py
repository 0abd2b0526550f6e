"""Pack an Office file anew, so that the hour of writing leaves no trace in it."""

import io
import re
import zipfile
from datetime import datetime

ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def repack(package: bytes, stamp: datetime) -> bytes:
    """Return a package (xlsx, pptx) with the same parts, dated `stamp` alone.

    Parameters
    ----------
    package
        The bytes of the file.
    stamp
        What it is to say of when it was changed.
    """
    said = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + said, data)
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return buffer.getvalue()
