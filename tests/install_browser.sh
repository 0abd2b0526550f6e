#!/bin/sh
# Install what the tests look at pages, sheets and slides with: Chromium, LibreOffice and a
# Japanese font.
# Only where that is possible without asking: root on Debian. Elsewhere the tests that need
# a browser say that they are skipped, or fail if REQUIRE_BROWSER=1.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }
has_font() { has fc-list && [ -n "$(fc-list :lang=ja | head -n 1)" ]; }

if { has chromium || has google-chrome; } && has soffice && has_font; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "Installing Chromium, LibreOffice and a Japanese font"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fonts-noto-cjk fontconfig >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui >/dev/null ||
        echo "No LibreOffice here: tests that open Word, Excel and PowerPoint will be skipped."
else
    echo "No Chromium, LibreOffice or Japanese font here: some tests will be skipped."
fi
