"""The ``wangdi`` command. Django is set up here, before any module of the command imports a model."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangdi.server.config.settings")
django.setup()
