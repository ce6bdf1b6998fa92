"""The addresses of the e-mail settings."""

from django.urls import path

from kvitt.registers.mailing import views

app_name = "mailing"

urlpatterns = [
    path("", views.mail, name="mail"),
    path("<int:clinic_id>/", views.change_mail_choices, name="change_mail_choices"),
    path("<int:clinic_id>/test/", views.queue_test_mail, name="queue_test_mail"),
    path("again/<int:mail_id>/", views.send_again, name="send_again"),
]
