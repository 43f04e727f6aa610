using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Convonet.Server.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Heard : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_teams_Name",
                table: "teams");

            migrationBuilder.AddColumn<int>(
                name: "Heard",
                table: "turns",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_teams_Name",
                table: "teams",
                column: "Name");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_teams_Name",
                table: "teams");

            migrationBuilder.DropColumn(
                name: "Heard",
                table: "turns");

            migrationBuilder.CreateIndex(
                name: "IX_teams_Name",
                table: "teams",
                column: "Name",
                unique: true);
        }
    }
}
