"""Reads of this room for the faces."""

from goodfor.aftersales.picture_reads import picture_content as picture_content
from goodfor.aftersales.picture_reads import pictures_of as pictures_of
